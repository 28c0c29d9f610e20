"""Where pictures live: the owner's S3-compatible store behind a CDN, or a local folder."""
