"""Drive over HTTP: shapes of requests and answers, who may, and the controllers (docs/drive.md, HTTP)."""
