-- What other modules' hot doors ask of the registry, each in one call.

-- Whom a form means by what was typed or picked: a person by uuid or code, a household, place or unit by code. A merged person is the one
-- they were merged into; somebody forgotten is nobody. NULL = nobody we know.
CREATE FUNCTION registry_subject(p_kind text, p_said text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE found bigint; instead bigint;
BEGIN
  IF p_kind = 'person' THEN
    IF p_said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
      SELECT p.id, p.merged_into_id INTO found, instead FROM registry_person p WHERE p.uuid = p_said::uuid AND p.forgotten_at IS NULL;
    ELSE
      SELECT p.id, p.merged_into_id INTO found, instead FROM registry_person p WHERE p.code = p_said AND p.forgotten_at IS NULL;
    END IF;
    WHILE instead IS NOT NULL LOOP
      SELECT p.id, p.merged_into_id INTO found, instead FROM registry_person p WHERE p.id = instead;
    END LOOP;
  ELSIF p_kind = 'household' THEN
    SELECT h.id INTO found FROM registry_household h WHERE h.code = p_said;
  ELSIF p_kind = 'place' THEN
    SELECT p.id INTO found FROM registry_place p WHERE p.code = p_said AND p.ends IS NULL;
  ELSIF p_kind = 'unit' THEN
    SELECT u.id INTO found FROM registry_unit u WHERE u.code = p_said AND u.ends IS NULL;
  END IF;
  RETURN found;
END $$;

-- What a user reached of an operation at a moment, under the roles that hold a permission: place n and unit n belong together, NULL = not
-- limited in that respect. A grant for the top of the tree limits nothing. NULL = nothing at all.
CREATE FUNCTION registry_reach_at(p_user bigint, p_roles text[], p_operation bigint, p_at timestamptz)
RETURNS TABLE (places bigint[], units bigint[]) LANGUAGE sql STABLE AS $$
  SELECT array_agg(CASE WHEN p.parent_id IS NULL AND p.lineage = ARRAY[p.id] AND
                             NOT EXISTS (SELECT FROM registry_place o WHERE o.parent_id IS NULL AND o.id <> p.id) THEN NULL ELSE g.place_id END),
         array_agg(g.unit_id)
    FROM registry_grant g LEFT JOIN registry_place p ON p.id = g.place_id
   WHERE g.user_id = p_user AND g.role = ANY (p_roles) AND (g.operation_id IS NULL OR g.operation_id = p_operation)
     AND g.starts <= p_at AND (g.ends IS NULL OR g.ends > p_at)
$$;

-- Where a person lives now.
CREATE FUNCTION registry_home(p_person bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT p.place_id FROM registry_person p WHERE p.id = p_person
$$;

-- Whether a subject lies where one of these grants reaches, as the registry has it now: for whoever is under no regime yet.
CREATE FUNCTION registry_lies_in(p_kind text, p_subject bigint, p_places bigint[], p_units bigint[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM unnest(p_places, p_units) AS k (place, unit)
     WHERE (k.place IS NULL OR EXISTS (
             SELECT FROM registry_place q WHERE k.place = ANY (q.lineage) AND q.id = CASE p_kind
               WHEN 'person' THEN (SELECT p.place_id FROM registry_person p WHERE p.id = p_subject)
               WHEN 'household' THEN (SELECT h.place_id FROM registry_household h WHERE h.id = p_subject)
               WHEN 'unit' THEN (SELECT u.place_id FROM registry_unit u WHERE u.id = p_subject)
               ELSE p_subject END))
       AND (k.unit IS NULL OR (p_kind = 'unit' AND EXISTS (
             SELECT FROM registry_unit u WHERE u.id = p_subject AND k.unit = ANY (u.lineage)))
            OR (p_kind = 'person' AND EXISTS (
             SELECT FROM registry_membership m JOIN registry_unit u ON u.id = m.unit_id
              WHERE m.person_id = p_subject AND m.ends IS NULL AND k.unit = ANY (u.lineage)))))
$$;
