"""Everything an operator can set, with its default. docs/settings.md explains each (a test compares the two)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data() -> Path:
    """Return the data folder used when LINLI_DATA is not set: root gets one that an unprivileged server user can reach."""
    if os.geteuid() == 0:
        return Path("/var/lib/linli")
    return Path(os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local/share"))) / "linli"


class Config(BaseSettings):
    """Settings read from LINLI_* variables."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", extra="ignore")

    data: Path = Field(default_factory=default_data, description="data folder: database cluster, keys, secrets")
    database_url: str | None = Field(None, description="postgresql://… of a server of your own; empty: Linli runs its own cluster")
    host: str = Field("127.0.0.1", description="address the web process listens on")
    port: int = Field(8600, ge=0, le=65535, description="port the web process listens on")
    public_url: str = Field("", description="address people reach this site under, printed on need-code sheets")
    production: bool = Field(False, description="refuses demo mode and the test clock; cookies only over https")
    demo: bool = Field(False, description="personas page and synthetic marks; never beside production")
    clock: Literal["real", "test"] = Field("real", description="test: `linli clock` may move time for all processes")
    code_sender: Literal["console", "none"] = Field("none", description="how one-time codes leave: console prints them (demo)")
    web_workers: int = Field(2, ge=1, le=64, description="web worker processes")
    web_threads: int = Field(8, ge=1, le=64, description="threads of each web worker; each keeps one database connection")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")


@cache
def config() -> Config:
    """Return the settings of this process, read once."""
    return Config()
