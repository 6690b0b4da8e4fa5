"""What customers write, in each language: complaints by component and cause, praise, neutral mentions, fillers."""

from cxlink.simulate.phrases.bank import PhraseBank, read_bank

__all__ = ["PhraseBank", "read_bank"]
