"""Image providers: one adapter for Images APIs in OpenAI's shape, one for hosts where a task is submitted and polled."""
