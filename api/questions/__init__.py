"""The question builder's part of the service: cities kept as columns (``cities``), and questions saved under names (``saved``)."""
