"""`make bench`: ratios against the plain SDK and LiteLLM, and the ledger's own cost, all in one run."""
