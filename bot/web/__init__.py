"""The one HTTP plane: health, metrics, hosted pictures, and whatever routes the adapters add."""
