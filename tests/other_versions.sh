#!/usr/bin/env bash
# Run the tests on every other Python from 3.10 on that this machine has, and the documents' claims on older SQLAlchemys.
set -euo pipefail
cd "$(dirname "$0")/.."
venvs=.ci-venvs
mkdir -p "$venvs"
current=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

find_python() {
    local version=$1 candidate
    for candidate in "python$version" "$HOME"/.pyenv/versions/"$version".*/bin/python; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c "import sys; sys.exit(sys.version_info[:2] != tuple(map(int, '$version'.split('.'))))" \
                >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
}

for version in 3.10 3.11 3.12 3.13 3.14; do
    [ "$version" = "$current" ] && continue
    python=$(find_python "$version")
    if [ -z "$python" ]; then
        echo "Python $version is not on this machine: left out"
        continue
    fi
    echo "== Python $version"
    "$python" -m venv "$venvs/py$version"
    "$venvs/py$version/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
    "$venvs/py$version/bin/python" -m pytest -n 2 -m "not slow"
done

echo "== SQLAlchemy 2.0"
.venv/bin/python -m venv "$venvs/sa2.0"
"$venvs/sa2.0/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]' 'sqlalchemy<2.1'
"$venvs/sa2.0/bin/python" -m pytest -n 2 tests/test_rule_documents.py tests/oracle

# ormlint itself needs SQLAlchemy 2.0; the forms that older ones have are only imported by them.
for version in 2.0 1.4; do
    echo "== The index against SQLAlchemy $version"
    .venv/bin/python -m venv "$venvs/forms$version"
    "$venvs/forms$version/bin/python" -m pip install --quiet --disable-pip-version-check \
        "sqlalchemy==$version.*" 'flask-sqlalchemy>=3.0' 'sqlmodel>=0.0.11'
    ORMLINT_ORACLE_PYTHON="$PWD/$venvs/forms$version/bin/python" .venv/bin/python -m pytest -rs tests/oracle
done

echo "== The index against Flask-SQLAlchemy 2.5"
.venv/bin/python -m venv "$venvs/flask2.5"
"$venvs/flask2.5/bin/python" -m pip install --quiet --disable-pip-version-check \
    'sqlalchemy==1.4.*' 'flask-sqlalchemy==2.5.1' 'flask<2.3' 'werkzeug<3'
ORMLINT_ORACLE_PYTHON="$PWD/$venvs/flask2.5/bin/python" .venv/bin/python -m pytest -rs tests/oracle/test_index.py -k flask

echo "== Bases of other packages, the real ones"
.venv/bin/python -m venv "$venvs/thirdparty"
"$venvs/thirdparty/bin/python" -m pip install --quiet --disable-pip-version-check \
    fastapi-users-db-sqlalchemy advanced-alchemy flask-appbuilder sqlalchemy-utils sqlalchemy-continuum passlib pillow cryptography
ORMLINT_ORACLE_THIRD_PARTY="$PWD/$venvs/thirdparty/bin/python" .venv/bin/python -m pytest -rs tests/oracle/test_third_party.py
