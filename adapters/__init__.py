"""Chat adapters: each speaks one platform and knows nothing of providers, storage or the others."""
