"""My duties and entry: what I owe now and one tap to do it; whole villages entered by keyboard; lists pasted from chat groups. It owns no
data: it shows what the ledger knows and calls the ledger's verbs."""
