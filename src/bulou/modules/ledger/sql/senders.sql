-- Whether somebody may file about a subject of an operation, as it stood at a moment: by office where the subject counts (places and units of
-- grants, pairwise, NULL = not limited), because they owe or may answer for it, or because they stood in for somebody who does. The order of
-- queries.answering, for senders who were offline: what counts is when it happened.
CREATE FUNCTION ledger_may_file(
  p_kind text, p_subject bigint, p_operation bigint, p_person bigint, p_places bigint[], p_units bigint[], p_at timestamptz
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE people bigint[] := CASE WHEN p_person IS NOT NULL THEN ARRAY[p_person] END;
BEGIN
  IF p_person IS NOT NULL THEN
    SELECT people || array_agg(a.person_id) INTO people FROM ledger_absence a
     WHERE a.deputy_id = p_person AND a.since <= p_at AND a.until > p_at AND (a.ended_at IS NULL OR a.ended_at > p_at);
  END IF;
  RETURN EXISTS (
    SELECT FROM ledger_enrolment e
      JOIN ledger_regime g ON g.id = e.regime_id AND g.operation_id = p_operation
      CROSS JOIN LATERAL (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = e.id
                           ORDER BY s.at <= p_at DESC, abs(extract(epoch FROM p_at - s.at)), s.known_at DESC, s.uuid DESC LIMIT 1) s
      JOIN ledger_cell c ON c.id = s.cell_id
     WHERE e.subject_kind = p_kind AND e.subject_id = p_subject
       AND ((e.owed_kind = 'person' AND e.owed_id = ANY (people))
         OR (people IS NOT NULL AND people && (
              SELECT a.answerables FROM ledger_seat a WHERE a.enrolment_id = e.id AND a.answerables IS NOT NULL
               ORDER BY a.at <= p_at DESC, abs(extract(epoch FROM p_at - a.at)), a.known_at DESC, a.uuid DESC LIMIT 1))
         OR EXISTS (
              SELECT FROM unnest(p_places, p_units) AS k (place, unit)
               WHERE (k.place IS NULL OR EXISTS (SELECT FROM ledger_path p WHERE p.kind = 'place' AND p.node_id = c.place_id
                        AND k.place = ANY (p.lineage) AND p.since <= p_at AND p.until > p_at))
                 AND (k.unit IS NULL OR EXISTS (SELECT FROM ledger_path p WHERE p.kind = 'unit' AND p.node_id = c.unit_id
                        AND k.unit = ANY (p.lineage) AND p.since <= p_at AND p.until > p_at))))
  );
END $$;
