-- The hot door: one report, one round trip. docs/ledger-storage.md, "ledger_file".

-- Files one record and answers what it can: the record's id, whether it is new, and the enrolments it counts for.
-- The same `p_uuid` again changes nothing. Facts are plain text, numbers, booleans; empty ones must have been left out.
--
-- Every statement costs as much to set up as to run, so there are three: the record; all it may answer, with where that counts; the discharge
-- with its bit. Locks are taken in expressions, which need no statement.
CREATE OR REPLACE FUNCTION ledger_file(
  p_uuid uuid, p_kind text, p_subject bigint, p_facts jsonb, p_stated text[], p_sealed bytea, p_lines jsonb, p_lines_stated text[],
  p_happened timestamptz, p_received timestamptz, p_done timestamptz, p_doubtful boolean,
  p_user bigint, p_person bigint, p_name text, p_source text, p_device text,
  OUT record_id bigint, OUT is_new boolean, OUT enrolments bigint[]
) LANGUAGE plpgsql AS $$
DECLARE one record; had timestamptz; came_late boolean; did_late boolean; has_duties boolean := false; duties bigint[]; held boolean;
BEGIN
  held := pg_advisory_xact_lock_shared(hashtextextended('ledger', 0)) IS NULL;
  held := pg_advisory_xact_lock(hashtextextended(p_kind, p_subject)) IS NULL;
  enrolments := '{}';
  INSERT INTO ledger_record AS r (uuid, subject_kind, subject_id, stated, facts, sealed, lines, lines_stated, happened_at, received_at, done_at,
      is_doubtful, filed_by_id, filed_by_person, filed_by_name, source, device)
  VALUES (p_uuid, p_kind, p_subject, p_stated, p_facts, p_sealed, p_lines, p_lines_stated, p_happened, p_received, p_done,
      p_doubtful, p_user, p_person, p_name, p_source, p_device)
  ON CONFLICT (uuid) DO NOTHING RETURNING r.id INTO record_id;
  is_new := record_id IS NOT NULL;
  IF NOT is_new THEN
    SELECT r.id INTO record_id FROM ledger_record r WHERE r.uuid = p_uuid;
    RETURN;
  END IF;
  FOR one IN
    SELECT e.id AS enrolment_id, w.id AS window_id, w.due, s.cell_id, s.ord,
           CASE WHEN s.ord < length(t.owed) THEN get_bit(t.owed, s.ord) = 1 ELSE false END AS is_owed,
           EXISTS (SELECT FROM ledger_extension x WHERE x.window_id = w.id AND x.enrolment_id = e.id) AS is_extended,
           EXISTS (SELECT FROM ledger_duty d WHERE d.enrolment_id = e.id AND d.closes > p_done AND d.opens <= p_done AND d.is_owed) AS has_duty
      FROM ledger_enrolment e
      LEFT JOIN ledger_window w ON w.regime_id = e.regime_id AND w.closes > p_done AND w.opens <= p_done AND e.starts <= w.opens
             AND ledger_answers(w.asks::text[], w.is_list, p_stated, p_lines_stated)
      LEFT JOIN LATERAL (SELECT q.cell_id, q.ord FROM ledger_seat q WHERE q.enrolment_id = e.id AND q.at <= w.due AND q.known_at <= w.due
                          ORDER BY q.at DESC, q.known_at DESC, q.uuid DESC LIMIT 1) s ON true
      LEFT JOIN ledger_tally t ON t.window_id = w.id AND t.cell_id = s.cell_id
     WHERE e.subject_kind = p_kind AND e.subject_id = p_subject
     ORDER BY w.id, e.id
  LOOP
    has_duties := has_duties OR one.has_duty;
    CONTINUE WHEN one.is_owed IS NOT TRUE;
    enrolments := enrolments || one.enrolment_id::bigint;
    IF one.is_extended THEN
      PERFORM ledger_settle(ARRAY[one.window_id], ARRAY[one.enrolment_id], '{}');
      CONTINUE;
    END IF;
    came_late := p_received > one.due;
    did_late := came_late AND p_done > one.due;
    WITH made AS (
      INSERT INTO ledger_discharge (window_id, enrolment_id, cell_id, ord, record_id, received_at, done_at, is_late, is_done_late)
      VALUES (one.window_id, one.enrolment_id, one.cell_id, one.ord, ledger_file.record_id, p_received, p_done, came_late, did_late)
      ON CONFLICT DO NOTHING RETURNING cell_id
    )
    UPDATE ledger_tally t SET done = set_bit(t.done, one.ord, 1),
           late = CASE WHEN came_late THEN set_bit(coalesce(t.late, repeat('0', length(t.owed))::bit varying), one.ord, 1) ELSE t.late END,
           done_late = CASE WHEN did_late THEN set_bit(coalesce(t.done_late, repeat('0', length(t.owed))::bit varying), one.ord, 1) ELSE t.done_late END,
           n_on_time = t.n_on_time + CASE WHEN NOT came_late AND (t.excused IS NULL OR get_bit(t.excused, one.ord) = 0) THEN 1 ELSE 0 END,
           n_late = t.n_late + CASE WHEN came_late AND (t.excused IS NULL OR get_bit(t.excused, one.ord) = 0) THEN 1 ELSE 0 END,
           n_done_late = t.n_done_late + CASE WHEN did_late AND (t.excused IS NULL OR get_bit(t.excused, one.ord) = 0) THEN 1 ELSE 0 END
      FROM made WHERE t.window_id = one.window_id AND t.cell_id = made.cell_id;
    IF NOT FOUND THEN
      SELECT d.received_at INTO had FROM ledger_discharge d WHERE d.window_id = one.window_id AND d.enrolment_id = one.enrolment_id;
      IF p_received <= had THEN
        PERFORM ledger_settle(ARRAY[one.window_id], ARRAY[one.enrolment_id], '{}');
      END IF;
    END IF;
  END LOOP;
  IF has_duties THEN
    SELECT array_agg(d.id), enrolments || array_agg(d.enrolment_id) INTO duties, enrolments
      FROM ledger_enrolment e JOIN ledger_duty d ON d.enrolment_id = e.id AND d.closes > p_done AND d.opens <= p_done AND d.is_owed
     WHERE e.subject_kind = p_kind AND e.subject_id = p_subject;
    PERFORM ledger_settle('{}', '{}', duties);
  END IF;
END $$;

-- Whatever the records of a subject done at a moment may answer, computed anew: after a correction or a step of review.
CREATE OR REPLACE FUNCTION ledger_resettle(p_kind text, p_subject bigint, p_done timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE wins bigint[]; enrols bigint[]; duties bigint[];
BEGIN
  SELECT array_agg(DISTINCT w.id), array_agg(DISTINCT e.id) INTO wins, enrols FROM ledger_enrolment e
    JOIN ledger_window w ON w.regime_id = e.regime_id AND w.closes > p_done AND w.opens <= p_done
   WHERE e.subject_kind = p_kind AND e.subject_id = p_subject;
  SELECT array_agg(d.id) INTO duties FROM ledger_enrolment e
    JOIN ledger_duty d ON d.enrolment_id = e.id AND d.closes > p_done AND d.opens <= p_done
   WHERE e.subject_kind = p_kind AND e.subject_id = p_subject;
  PERFORM ledger_settle(coalesce(wins, '{}'), coalesce(enrols, '{}'), coalesce(duties, '{}'));
END $$;

-- The records copied in by this transaction, those with an id above `after`, made to count. The caller holds everybody (ledger_hold_all).
CREATE OR REPLACE FUNCTION ledger_count_copied(after bigint) RETURNS bigint LANGUAGE plpgsql SET work_mem = '256MB' AS $$
DECLARE filed bigint; odd_windows bigint[]; odd_enrolments bigint[]; duties bigint[];
BEGIN
  CREATE TEMPORARY TABLE ledger_met ON COMMIT DROP AS
  SELECT DISTINCT ON (w.id, e.id) w.id AS window_id, e.id AS enrolment_id, s.cell_id, s.ord, r.id AS record_id, r.received_at, r.done_at,
         r.received_at > w.due AS is_late, r.received_at > w.due AND r.done_at > w.due AS is_done_late, NOT e.is_moved AS is_plain
    FROM ledger_record r
    JOIN ledger_enrolment e ON e.subject_kind = r.subject_kind AND e.subject_id = r.subject_id
    JOIN ledger_window w ON w.regime_id = e.regime_id AND w.closes > r.done_at AND w.opens <= r.done_at AND e.starts <= w.opens
    JOIN ledger_seat s ON s.enrolment_id = e.id
   WHERE r.id > after AND ledger_answers(w.asks::text[], w.is_list, r.stated::text[], r.lines_stated::text[])
   ORDER BY w.id, e.id, r.received_at, r.uuid;
  ANALYZE ledger_met;

  -- An ordinal of a cell that has only ever been seated once needs no more than its bit; the rest is computed anew.
  CREATE TEMPORARY TABLE ledger_odd ON COMMIT DROP AS
  SELECT m.window_id, m.enrolment_id FROM ledger_met m WHERE NOT m.is_plain
  UNION
  SELECT m.window_id, m.enrolment_id FROM ledger_met m JOIN ledger_extension x ON x.window_id = m.window_id AND x.enrolment_id = m.enrolment_id
  UNION
  SELECT m.window_id, m.enrolment_id FROM ledger_met m JOIN ledger_discharge d ON d.window_id = m.window_id AND d.enrolment_id = m.enrolment_id
   WHERE m.received_at <= d.received_at;

  PERFORM FROM (
    SELECT t.window_id FROM ledger_tally t WHERE (t.window_id, t.cell_id) IN (SELECT DISTINCT m.window_id, m.cell_id FROM ledger_met m)
     ORDER BY t.window_id, t.cell_id FOR UPDATE
  ) held;
  WITH plain AS (
    SELECT m.* FROM ledger_met m
      JOIN ledger_tally t ON t.window_id = m.window_id AND t.cell_id = m.cell_id
     WHERE m.is_plain AND m.ord < length(t.owed) AND get_bit(t.owed, m.ord) = 1
       AND NOT EXISTS (SELECT FROM ledger_odd o WHERE o.window_id = m.window_id AND o.enrolment_id = m.enrolment_id)
  ), fresh AS (
    INSERT INTO ledger_discharge (window_id, enrolment_id, cell_id, ord, record_id, received_at, done_at, is_late, is_done_late)
    SELECT p.window_id, p.enrolment_id, p.cell_id, p.ord, p.record_id, p.received_at, p.done_at, p.is_late, p.is_done_late FROM plain p
    ON CONFLICT DO NOTHING RETURNING window_id, cell_id, ord, is_late, is_done_late
  ), mask AS (
    SELECT f.window_id, f.cell_id, z.z, bit_or(set_bit(z.z, f.ord, 1)) AS done,
           bit_or(set_bit(z.z, f.ord, 1)) FILTER (WHERE f.is_late) AS late, bit_or(set_bit(z.z, f.ord, 1)) FILTER (WHERE f.is_done_late) AS done_late
      FROM fresh f JOIN (
        SELECT t.window_id, t.cell_id, repeat('0', length(t.owed))::bit varying AS z FROM ledger_tally t
         WHERE (t.window_id, t.cell_id) IN (SELECT DISTINCT m.window_id, m.cell_id FROM ledger_met m) OFFSET 0
      ) z ON z.window_id = f.window_id AND z.cell_id = f.cell_id
     GROUP BY 1, 2, 3
  ), mixed AS (
    SELECT t.window_id, t.cell_id, t.done | m.done AS done, coalesce(t.late, m.z) | coalesce(m.late, m.z) AS late,
           coalesce(t.done_late, m.z) | coalesce(m.done_late, m.z) AS done_late, ~coalesce(t.excused, m.z) AS counted
      FROM mask m JOIN ledger_tally t ON t.window_id = m.window_id AND t.cell_id = m.cell_id
  )
  UPDATE ledger_tally t SET done = m.done, late = ledger_sparse(m.late), done_late = ledger_sparse(m.done_late),
         n_on_time = bit_count(m.done & ~m.late & m.counted), n_late = bit_count(m.late & m.counted), n_done_late = bit_count(m.done_late & m.counted)
    FROM mixed m WHERE t.window_id = m.window_id AND t.cell_id = m.cell_id;

  SELECT array_agg(DISTINCT o.window_id), array_agg(DISTINCT o.enrolment_id) INTO odd_windows, odd_enrolments FROM ledger_odd o;
  SELECT array_agg(DISTINCT d.id) INTO duties FROM ledger_record r
    JOIN ledger_enrolment e ON e.subject_kind = r.subject_kind AND e.subject_id = r.subject_id
    JOIN ledger_duty d ON d.enrolment_id = e.id AND d.closes > r.done_at AND d.opens <= r.done_at WHERE r.id > after;
  PERFORM ledger_settle(coalesce(odd_windows, '{}'), coalesce(odd_enrolments, '{}'), coalesce(duties, '{}'));
  DROP TABLE ledger_met, ledger_odd;
  SELECT count(*) INTO filed FROM ledger_record r WHERE r.id > after;
  RETURN filed;
END $$;
