"""Questions as the command line and the service both ask them: one function a question, its answer one JSON object.

Nothing here prints, and nothing here knows of HTTP: both sides read the same object and say it in their own way.
"""
