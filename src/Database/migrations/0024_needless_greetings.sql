-- A greeting that was needless for the sake of another lead is planned again when that one is not greeted after all: it is looked for by the other lead.
CREATE INDEX touch_points_of_other_lead ON touch_points (tenant_id, other_lead_id) WHERE other_lead_id IS NOT NULL;
