"""The backend for Ultralytics YOLO models; the library itself is imported only inside the job subprocess."""
