"""Settings that ship, a TOML file each: `soar2cot run --preset NAME`."""
