"""What Noctule is measured against: raw ZMQ and bare jupyter_client (floors), a stock jupyter_server, headless runners."""
