"""Prometheus with our alerts, and Grafana with our dashboard: the profile ``observe``."""

from typing import Any

from deploy.topology import HOST, IMAGES

FOLDER = "./deploy/containers"
PORTS = {"PROMETHEUS": 9090, "GRAFANA": 3000}


def observing() -> dict[str, Any]:
    """Both look only; nobody depends on them."""
    limits = {"deploy": {"resources": {"limits": {"cpus": "1.0", "memory": "512m"}}}}
    usual = {
        "restart": "unless-stopped",
        "profiles": ["observe"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "networks": ["inside", "edge"],
        **limits,
    }
    return {
        "prometheus": {
            "image": IMAGES["prometheus"],
            "command": [
                "--config.file=/etc/prometheus/prometheus.yml",
                "--storage.tsdb.path=/prometheus",
                "--storage.tsdb.retention.time=30d",
            ],
            "volumes": [
                f"{FOLDER}/prometheus.yml:/etc/prometheus/prometheus.yml:ro",
                f"{FOLDER}/alerts.yml:/etc/prometheus/alerts.yml:ro",
                "prometheus-data:/prometheus",
            ],
            "ports": [_published("PROMETHEUS")],
            **usual,
        },
        "grafana": {
            "image": IMAGES["grafana"],
            "environment": {
                # whoever reaches the loopback may look; nobody may change
                "GF_AUTH_ANONYMOUS_ENABLED": "true",
                "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
                "GF_AUTH_DISABLE_LOGIN_FORM": "true",
                # the form is not the only way in: there is no admin with the password admin
                "GF_AUTH_BASIC_ENABLED": "false",
                "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true",
                "GF_ANALYTICS_REPORTING_ENABLED": "false",
                "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
                "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": (
                    "/etc/grafana/provisioning/dashboards/tirek.json"
                ),
            },
            "volumes": [
                f"{FOLDER}/grafana/datasources.yml:"
                "/etc/grafana/provisioning/datasources/tirek.yml:ro",
                f"{FOLDER}/grafana/dashboards.yml:/etc/grafana/provisioning/dashboards/tirek.yml:ro",
                f"{FOLDER}/grafana/tirek.json:/etc/grafana/provisioning/dashboards/tirek.json:ro",
                "grafana-data:/var/lib/grafana",
            ],
            "ports": [_published("GRAFANA")],
            "depends_on": ["prometheus"],
            **usual,
        },
    }


def _published(name: str) -> str:
    return f"${{TIREK_PUBLISH:-{HOST}}}:${{TIREK_PORT_{name}:-{PORTS[name]}}}:{PORTS[name]}"
