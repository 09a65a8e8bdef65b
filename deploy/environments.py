"""Environments of processes, as templates; `deploy.topology` says what they are filled with."""

SMSC_USER, SMSC_PASSWORD = "tirek", "tirek"

OF_ALL = {
    "TIREK_ENV": "{env}",
    "TIREK_KAFKA": "{kafka}",
    "TIREK_KAFKA_CA": "{kafka_ca}",
    "TIREK_JURISDICTION": "{jurisdiction}",
    "TIREK_POLICIES": "{policies}",
}
OF_SERVICE: dict[str, dict[str, str]] = {
    "intake": {"TIREK_KEYSTORE_URL": "{dsn[tirek_keys]}"},
    "referral": {"TIREK_DIRECTORY": "{directory}"},
    "audit": {"TIREK_LEDGER_ORIGIN": "{ledger_origin}"},
    "notify": {
        "TIREK_SMPP_URL": f"smpp://{SMSC_USER}:{SMSC_PASSWORD}@{{simulators}}:{{port[smpp]}}",
        "TIREK_SMPP_URGENT_URL": f"smpp://{SMSC_USER}:{SMSC_PASSWORD}@{{simulators}}:{{port[smpp]}}",
        "TIREK_SMTP_URL": "smtp://{simulators}:{port[smtp]}",
        "TIREK_MAIL_FROM": "{mail_from}",
        "TIREK_SMS_SENDER": "{sms_sender}",
        "TIREK_SERVICE_LABEL": "{service_label}",
    },
    "console": {
        "TIREK_INTAKE_API": "http://{host[intake]}:{port[intake]}",
        "TIREK_REFERRAL_API": "http://{host[referral]}:{port[referral]}",
        "TIREK_NOTIFY_API": "http://{host[notify]}:{port[notify]}",
        "TIREK_COMMITTEE_API": "http://{host[committee]}:{port[committee]}",
        "TIREK_AUDIT_API": "http://{host[audit]}:{port[audit]}",
        "TIREK_ORIGIN": "{origin}",
        "TIREK_PUBLISHED": "{published}",
        "TIREK_SERVICE_LABEL": "{service_label}",
        "TIREK_HELP_NUMBER": "{help_number}",
    },
}
OF_SERVING: dict[str, dict[str, str]] = {
    "console": {
        "TIREK_TLS_CERT": "{tls_cert}",
        "TIREK_TLS_KEY": "{tls_key}",
        "TIREK_TRUSTED_PROXY": "{trusted_proxy}",
    },
}
OF_MIGRATION: dict[str, dict[str, str]] = {
    "intake": {"TIREK_KEYSTORE_MIGRATION_URL": "{dsn[tirek_keys_owner]}"},
}
