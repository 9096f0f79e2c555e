-- What an entity of the registry is marked as, and who registered it.
ALTER TABLE objects ADD COLUMN mark {text} NOT NULL DEFAULT '';
ALTER TABLE objects ADD COLUMN source {text} NOT NULL DEFAULT '';
CREATE INDEX objects_source ON objects (kind, source) WHERE deleted_at = 0 AND source <> '';

-- What was deleted, which can be asked for too.
CREATE INDEX objects_owner_deleted ON objects (kind, owner, updated_at, id) WHERE deleted_at <> 0;
CREATE INDEX objects_parent_deleted ON objects (kind, parent, updated_at, id) WHERE deleted_at <> 0;
