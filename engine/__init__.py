"""What we add to Rasa: the gateway's channel, the tracker store, the classifier on sentence vectors.

Imported by Rasa only (Python 3.10, `.venv-rasa`); it imports Rasa, numpy and the encoders, nothing
of the gateway. The gateway's supervisor starts two processes, both on loopback only:

    .venv-rasa/bin/python -m engine.train          # trains into models/ only if something changed
    .venv-rasa/bin/python -m engine.serve          # Rasa behind the channel `lantern`
    .venv/bin/python -m actions                    # the custom actions

Both are run from the project's root. Environment:

    LANTERN_RASA_SECRET     shared secret of the channel; without it Rasa refuses to start
    LANTERN_RASA_PORT       port of Rasa (default 5005)
    LANTERN_ACTIONS_PORT    port of the actions (default 5055); set the same for both processes
    LANTERN_MODELS          folder of trained models (default models/)

Ready when `GET http://127.0.0.1:$LANTERN_RASA_PORT/webhooks/lantern/ready` and
`GET http://127.0.0.1:$LANTERN_ACTIONS_PORT/health` answer 200. SIGTERM ends either.

`rasa run`, `rasa shell`, `rasa test` and `rasa data validate` work as usual too; `engine.serve` only
leaves TensorFlow out (170 MB instead of 520 MB; see `light`).
"""
