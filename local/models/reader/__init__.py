"""`reader`: an extractive answerer, which quotes the sentences of its passages that answer a question, or says that none does."""
