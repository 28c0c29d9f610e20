"""The journey of a job, one file a stage: guard, sanitize, generate, inspect, rehost, deliver."""
