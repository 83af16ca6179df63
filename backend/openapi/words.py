"""What names alone don't say: of tags, parameters and fields. A type's own `msgspec.Meta(description=…)` goes first."""

DESCRIPTION = """\
Train your own model on other people's home GPUs: upload a dataset and a training package (one zip with a Python entry),
submit a training job, follow it, download what it made.

- **Ids** are UUIDv7. One that is absent, malformed or another customer's is answered alike: 404.
- **Times** are RFC 3339 UTC with milliseconds; a day is a UTC day. `_mb` is MiB, `_seconds` seconds.
- **Credits** are integers of micro-credits (`_micro`), with a decimal string beside them for people.
- **Bodies** are JSON in UTF-8. Unknown fields are refused by name, each bad, unknown and missing field with a row in
  `details`. Where all fields are optional, an empty body will do. Unknown *query parameters* are ignored; one that is
  given twice counts as given last, but for `status` and `outcome`, which may repeat.
- **Errors** all have one shape, `{"error": {"code", "message", "hint", "details", "request_id"}}`; decide by `code`.
  A client must take codes, enum values and fields that it doesn't know: later versions add some.
- **Lists** answer `{data, page: {limit, next_cursor, has_more}}`; give `next_cursor` as `cursor`, with the same
  filters, to go on. Cursors are good for 24 hours.
- **Who asks** is told by a key in `X-API-Key`, or by `Authorization: Bearer` with the token of `POST /auth/sign-in`.
- **Rate limits** stand in `X-RateLimit-*` on every answer below `/customer`, `/owner` and `/auth`, errors too; a 429
  says `Retry-After`.
- **Signed URLs** (`upload_url`, `content_url`, `download_url`) need no key and are opaque: PUT the bytes to the first
  two, GET the third, with `Range` if you like. They may answer SIGNED_URL_INVALID, CHUNK_MISMATCH, SIGNED_URL_FAILED.
- `OPTIONS` is answered for browsers (CORS, the client domain only); there is no `HEAD`.
"""

TAGS = {
    "account": "Who you are here: signing in and out, logging programs in, your account, your API keys.",
    "datasets": "What is trained on: files in chunks, each sent once; a dataset of the same name is its next version.",
    "training packages": "What is run: one zip with a Python entry, inspected when it is finalized.",
    "training jobs": "A package trained on a dataset: planned, priced, run, followed, its artifacts downloaded.",
    "usage": "Credits, what they went for, and what is left of each limit.",
    "webhooks": "Addresses of yours that are told when jobs end, files are ready or credits run low, signed.",
    "node owners": "Your nodes, what runs on them and earns, what the network waits for. A customer is an owner, too.",
    "service": "What this service is and whether it works. No key is needed.",
    "admin": "What the operator does, with an admin key; every change is in the audit log.",
    "legacy": "What an earlier stage had. Every answer is 410.",
}

PARAMETERS = {
    "limit": "How many rows a page has at most.",
    "cursor": "`page.next_cursor` of the page before, with the same filters.",
    "q": "Only what has this in its name or id, in upper or lower case.",
    "after": "Only rows with a number above this one: the last that was read, to follow what is still written.",
    "attempt": "Only the lines of the attempt with this number.",
    "status": "Only jobs of this status; may repeat.",
    "dataset_id": "Only jobs of this dataset.",
    "training_package_id": "Only jobs of this training package.",
    "kind": "Only moves of this kind: grant, hold, release, charge, earning, fee or reversal.",
    "training_job_id": "Only what is of this job.",
    "date_from": "The first UTC day, such as 2026-04-01.",
    "date_to": "The last UTC day, such as 2026-04-30.",
    "days": "How many UTC days back, today counted.",
    "node_id": "Of this node of yours alone.",
    "outcome": "Only attempts that ended so; may repeat.",
    "device": "Only what ran on this GPU, by its UUID, or on processors: `cpu`.",
    "id": "The id.",
    "unit_id": "The id of one of the job's compute units.",
    "artifact_id": "The id of one of the job's artifacts.",
    "delivery_id": "The id of one of the webhook's deliveries.",
}

_NULL_UNTIL = "; null until then."
# (type, field) → words; the type "" is any
FIELDS = {
    ("SubmitJob", "name"): "What you call the job: 1 to 200 printable characters.",
    ("SubmitJob", "dataset_id"): "A dataset of yours that is `ready`.",
    ("SubmitJob", "training_package_id"): "A training package of yours that is `ready`.",
    ("SubmitJob", "required_vram_mb"): "VRAM in MiB that training needs; 0 for a job without a GPU. 0 to 196,608.",
    ("SubmitJob", "required_disk_mb"): "Disk in MiB that a unit may fill. 0 to 1,048,576.",
    ("SubmitJob", "max_runtime_seconds"): "The longest that training may run. 1 to 604,800.",
    ("SubmitJob", "sensitivity"): "How far your data may travel.",
    ("SubmitJob", "strategy"): "How training is divided; without it the package's own, or `single`.",
    ("SubmitJob", "params"): "Values of the parameters that the package names; without one its default.",
    ("SubmitJob", "inputs"): "Further datasets by name; your code finds each at `GPU_AGENT_INPUTS_DIR/<name>`.",
    (
        "SubmitJob",
        "initial_checkpoint_artifact_id",
    ): "Any file of a checkpoint of another job of yours: training goes on from the whole of it.",
    ("SubmitJob", "webhook_ids"): "Webhooks that hear of this job's events, whatever else they asked for.",
    ("SubmitJob", "max_credits"): 'Refuse the job if it might cost more: a decimal string, such as "2.5".',
    ("SubmitJob", "priority"): "Among your own jobs, higher goes first. -100 to 100; 0 without it.",
    ("StrategySpec", "kind"): "`single`: one training on one node.",
    ("ChangeJob", "preview"): "Answer with the job as it would be, and change nothing.",
    ("ExtendJob", "preview"): "Answer with the job as it would be, and change nothing.",
    ("ExtendJob", "max_runtime_seconds"): "How long each unit of your code may run in all; not less than now.",
    ("SignIn", "email"): "The address that the operator knows you by.",
    ("SignIn", "password"): "Compared in Unicode's form NFKC.",
    ("CloseAccount", "password"): "The account's password once more, whatever came in the header.",
    ("CreateApiKey", "name"): "What lists call the key: printable characters.",
    ("CreateApiKey", "scopes"): "What it may do; left out, all that you may.",
    ("BeginDeviceLogin", "name"): "What the key will be called, such as the machine: printable characters.",
    ("BeginDeviceLogin", "scopes"): "What the program wants to do; left out, all that its approver may.",
    ("FetchDeviceKey", "device_code"): "The program's own code, from `POST /auth/device`.",
    (
        "LookUpDeviceCode",
        "user_code",
    ): "The code that the program shows, in large or small letters, with a dash or without.",
    (
        "ApproveDeviceCode",
        "user_code",
    ): "The code that the program shows, in large or small letters, with a dash or without.",
    ("ApproveDeviceCode", "scopes"): "What the key may do; left out, what the program asked for.",
    ("DeviceLogin", "user_code"): "To be shown to a person, who approves it where they are signed in.",
    ("DeviceLogin", "verification_url"): "Where that is done with HTTP: POST the code there, then to `…/approve`.",
    ("DeviceLogin", "expires_in"): "Seconds until both codes are good no more.",
    ("DeviceLogin", "interval"): "Seconds between two asks for the key; `slow_down` makes them more.",
    ("DeviceCode", "scopes"): "What the program asks for, null for all that you may; once approved, what it was given.",
    ("DeviceCode", "address"): "From where the program asks. Approve none that you have not started yourself.",
    ("CreateWebhook", "url"): "An https address on the internet.",
    ("CreateWebhook", "events"): "What it is told of: at least one.",
    (
        "CreateWebhook",
        "credits_low_threshold_micro",
    ): "With `credits.low`: told once when the balance falls below, and again only after it was not.",
    ("ChangeWebhook", "url"): "Another address; what waits goes there.",
    ("ChangeWebhook", "events"): "What it is told of from now on, instead.",
    ("ChangeWebhook", "enabled"): "False: it is told nothing, and what waits ends as failed.",
    ("ChangeWebhook", "credits_low_threshold_micro"): "As when it was made; goes with `credits.low`.",
    ("Webhook", "last_delivery"): "What became of the newest delivery; null before the first.",
    ("Webhook", "disabled_reason"): "Why the service switched it off; null where it did not.",
    ("CreatedWebhook", "secret"): "`whsec_…`, by which to verify what comes; null in a replay.",
    ("Delivery", "webhook_message_id"): "What `webhook-id` says, at each try and redelivery.",
    ("Delivery", "gives_up_at"): "When the last try is made.",
    ("Delivery", "expected_tries"): "About how many tries there are until then, if none is taken.",
    ("Delivery", "next_attempt_at"): "When it is tried next; null when it is over.",
    ("Delivery", "error_code"): "WEBHOOK_DELIVERY_FAILED for one that failed for good; else null.",
    ("DeliveryTry", "status"): "HTTP's; null without an answer.",
    ("DeliveryTry", "response"): "The start of the answer, 4 KiB at most.",
    ("DeliveryTry", "error"): "Why there was no answer, or why it counts as none.",
    ("ChangeNode", "name"): "Another name, which customers see as `node_label`.",
    ("ChangeNode", "revoked"): "Only true: the node's credential is good no more, and what it holds goes elsewhere.",
    ("CreateBlock", "package_digest"): "The SHA-256 of the package's zip, 64 hex digits.",
    ("CreateBlock", "reason"): "Why: 1 to 500 printable characters. The operator reads it.",
    (
        "CreateContentBody",
        "name",
    ): "What you call it: 1 to 200 printable characters. A name that is there already gets its next version.",
    ("CreateContentBody", "files"): "The manifest: every file with the chunks that make it up. Or give `file_name`.",
    ("CreateContentBody", "file_name"): "The name of one file, to be sent whole to `content_url`.",
    ("StrictFileEntry", "path"): "Where it lies: relative, with `/`, without `.` and `..`.",
    ("StrictFileEntry", "size_bytes"): "How long the file is: the sum of its chunks.",
    ("StrictFileEntry", "chunks"): "The pieces that make up its bytes, in order; none for an empty file.",
    ("StrictChunkRef", "digest"): "SHA-256 of the whole chunk, 64 lower-case hex digits.",
    ("StrictChunkRef", "offset"): "Where the piece begins in the chunk.",
    ("StrictChunkRef", "size_bytes"): "How long the piece is. A chunk has at most 8 MiB.",
    ("DownloadRequest", "path"): "The path of one of its files.",
    ("TrainingJob", "progress"): "0 to 1, each unit weighing its planned seconds.",
    ("TrainingJob", "seconds_remaining"): "An estimate, once ten steps are seen" + _NULL_UNTIL,
    ("TrainingJob", "units"): "How many compute units stand in each state.",
    ("TrainingJob", "metrics"): "The last value of each name that evaluate logged.",
    ("TrainingJob", "failure"): "Why it failed; null for a job that has not.",
    ("TrainingJob", "newest_event"): "Open its events with this as Last-Event-ID: they tell all that is not in here.",
    ("TrainingJob", "strategy"): "How training is divided.",
    ("JobEvent", "metrics"): "The last value of each name that evaluate logged; told once the job has ended.",
    ("JobEvent", "failure"): "Why it failed; null for a job that has not.",
    ("UnitEvent", "now"): "The whole of the unit, in the last event about it that is told at once; null in the others.",
    ("UnitEvent", "job"): "What that means for its job, in the last event about it that is told at once.",
    ("ArtifactEvent", "sha256"): "null for an artifact that was taken back since.",
    ("TrainingJob", "params"): "What it runs with, defaults included.",
    ("StoredContent", "digest"): "SHA-256 of the manifest" + _NULL_UNTIL,
    ("StoredContent", "reasons"): "Why it was rejected; empty for one that was not.",
    ("StoredContent", "training"): "What a package's `training.toml` says.",
    ("ContentUpload", "missing_chunks"): "What has to be sent: at most the first 1,000 of `missing_count`.",
    ("ContentUpload", "content_url"): "Where to PUT the one file; null for an upload with a manifest.",
    ("MissingChunk", "upload_url"): "Where to PUT the chunk's bytes; good for six hours.",
    ("ErrorBody", "code"): "What went wrong; one of the table of error codes, or newer than it.",
    ("ErrorBody", "message"): "The same in words.",
    ("ErrorBody", "hint"): "The next thing to do.",
    ("ErrorBody", "details"): "A row for each problem, where there are several.",
    ("ErrorBody", "request_id"): "As in `X-Request-Id`.",
    ("PageInfo", "next_cursor"): "Where the list goes on; null on the last page.",
    ("PageInfo", "has_more"): "Whether it goes on.",
    ("Artifact", "may_run_code"): "It may hold pickles, which run code when they are loaded.",
    ("Artifact", "open"): "Whether it can be downloaded now.",
    ("ComputeUnit", "needs"): "The ids of units whose results it waits for.",
    ("ComputeUnit", "attempt"): "The number of the newest attempt; 0 before the first.",
    ("PlannedUnit", "nodes_now"): "How many nodes could run it now.",
    ("JobPreview", "cost_micro"): "The least and the most it may cost.",
}
