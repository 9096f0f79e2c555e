-- Objects of all kinds. Times are microseconds since 1970; `deleted_at` is 0 for what is there.
CREATE TABLE objects (
    kind {text} NOT NULL,
    id {text} NOT NULL,
    owner {text} NOT NULL,
    parent {text} NOT NULL,
    name {text} NOT NULL,
    class {text} NOT NULL,
    variant {text} NOT NULL,
    status {text} NOT NULL,
    version {text} NOT NULL,
    search {text} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    body {text} NOT NULL,
    sealed {text} NOT NULL,
    PRIMARY KEY (kind, id)
);

-- For each scope of a list and each order that is quick, an index that is both.
CREATE INDEX objects_owner_updated ON objects (kind, owner, updated_at, id) WHERE deleted_at = 0;
CREATE INDEX objects_owner_created ON objects (kind, owner, created_at, id) WHERE deleted_at = 0;
CREATE INDEX objects_owner_name ON objects (kind, owner, name, id) WHERE deleted_at = 0;
CREATE INDEX objects_parent_updated ON objects (kind, parent, updated_at, id) WHERE deleted_at = 0;
CREATE INDEX objects_parent_created ON objects (kind, parent, created_at, id) WHERE deleted_at = 0;
CREATE INDEX objects_parent_name ON objects (kind, parent, name, id) WHERE deleted_at = 0;
-- What a search reads, and nothing beside it.
CREATE INDEX objects_owner_search ON objects (kind, owner, search, id) WHERE deleted_at = 0;
CREATE INDEX objects_parent_search ON objects (kind, parent, search, id) WHERE deleted_at = 0;

-- Mappings between objects.
CREATE TABLE links (
    link {text} NOT NULL,
    from_id {text} NOT NULL,
    to_id {text} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (link, from_id, to_id)
);
CREATE INDEX links_back ON links (link, to_id, from_id);
CREATE INDEX links_from ON links (from_id);
CREATE INDEX links_to ON links (to_id);

-- How many objects there are, counted as they are written. The slot spreads writers over rows.
CREATE TABLE tallies (
    kind {text} NOT NULL,
    owner {text} NOT NULL,
    parent {text} NOT NULL,
    status {text} NOT NULL,
    slot BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (kind, owner, parent, status, slot)
);
CREATE INDEX tallies_parent ON tallies (kind, parent, status);
