-- Writing what ledger_states says into the derived rows. Everything rare goes through ledger_settle: it is set-based, and may be called again.

-- Old bits with those of `touched` replaced by `fresh`, at the length of `zeros`. NULL bits are all zero.
CREATE FUNCTION ledger_mixed(old bit varying, touched bit varying, fresh bit varying, zeros bit varying) RETURNS bit varying
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ((coalesce(old, ''::bit varying) || substring(zeros FROM 1 FOR length(zeros) - coalesce(length(old), 0))) & ~touched) | coalesce(fresh, zeros)
$$;

-- Bits or, where none is set, NULL.
CREATE FUNCTION ledger_sparse(bits bit varying) RETURNS bit varying
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN bit_count(bits) > 0 THEN bits END $$;

-- Whoever files about a subject, or changes what it owes, waits for others doing so; many subjects at once hold everybody.
CREATE FUNCTION ledger_hold(kind text, ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one bigint;
BEGIN
  IF cardinality(ids) > 200 THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger', 0));
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger', 0));
  FOR one IN SELECT DISTINCT unnest(ids) ORDER BY 1 LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended(kind, one));
  END LOOP;
END $$;

CREATE FUNCTION ledger_hold_all() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(hashtextextended('ledger', 0)) $$;

CREATE FUNCTION ledger_settle(wins bigint[], enrols bigint[], duties bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(wins) > 0 AND cardinality(enrols) > 0 THEN
    INSERT INTO ledger_tally (window_id, cell_id, owed, done, n_expected, n_on_time, n_late, n_done_late, n_excused)
    SELECT DISTINCT w.id, s.cell_id, ''::bit varying, ''::bit varying, 0, 0, 0, 0, 0
      FROM ledger_seat s JOIN ledger_enrolment e ON e.id = s.enrolment_id
      JOIN ledger_window w ON w.regime_id = e.regime_id AND w.id = ANY (wins)
     WHERE s.enrolment_id = ANY (enrols)
    ON CONFLICT DO NOTHING;

    PERFORM FROM (
      SELECT t.window_id FROM ledger_tally t
       WHERE t.window_id = ANY (wins) AND t.cell_id IN (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = ANY (enrols))
       ORDER BY t.window_id, t.cell_id FOR UPDATE
    ) held;

    WITH state AS MATERIALIZED (
      SELECT * FROM ledger_states(wins, enrols, '{}', 'infinity')
    ), gone AS (
      DELETE FROM ledger_discharge d WHERE d.window_id = ANY (wins) AND d.enrolment_id = ANY (enrols)
         AND NOT EXISTS (SELECT FROM state s WHERE s.window_id = d.window_id AND s.enrolment_id = d.enrolment_id AND s.is_done)
    ), kept AS (
      INSERT INTO ledger_discharge AS d (window_id, enrolment_id, cell_id, ord, record_id, received_at, done_at, is_late, is_done_late)
      SELECT s.window_id, s.enrolment_id, s.cell_id, s.ord, s.record_id, s.received_at, s.done_at, s.is_late, s.is_done_late
        FROM state s WHERE s.is_done
      ON CONFLICT (window_id, enrolment_id) DO UPDATE SET cell_id = excluded.cell_id, ord = excluded.ord, record_id = excluded.record_id,
        received_at = excluded.received_at, done_at = excluded.done_at, is_late = excluded.is_late, is_done_late = excluded.is_done_late
    ), shortened AS (
      DELETE FROM ledger_extension x WHERE x.window_id = ANY (wins) AND x.enrolment_id = ANY (enrols)
         AND NOT EXISTS (SELECT FROM state s WHERE s.window_id = x.window_id AND s.enrolment_id = x.enrolment_id AND s.due_now > s.due)
    ), extended AS (
      INSERT INTO ledger_extension AS x (window_id, enrolment_id, cell_id, ord, due, is_done, is_excused)
      SELECT s.window_id, s.enrolment_id, s.cell_id, s.ord, s.due_now, s.is_done, s.is_excused FROM state s WHERE s.due_now > s.due
      ON CONFLICT (window_id, enrolment_id) DO UPDATE SET cell_id = excluded.cell_id, ord = excluded.ord, due = excluded.due,
        is_done = excluded.is_done, is_excused = excluded.is_excused
    ), zeros AS MATERIALIZED (
      SELECT c.id AS cell_id, repeat('0', c.next_ord)::bit varying AS z FROM ledger_cell c
       WHERE c.id IN (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = ANY (enrols))
    ), mask AS (
      SELECT t.window_id, p.cell_id, zeros.z,
             bit_or(set_bit(zeros.z, p.ord, 1)) AS touched,
             bit_or(set_bit(zeros.z, p.ord, 1)) FILTER (WHERE s.ord IS NOT NULL) AS owed,
             bit_or(set_bit(zeros.z, p.ord, 1)) FILTER (WHERE s.is_done) AS done,
             bit_or(set_bit(zeros.z, p.ord, 1)) FILTER (WHERE s.is_late) AS late,
             bit_or(set_bit(zeros.z, p.ord, 1)) FILTER (WHERE s.is_done_late) AS done_late,
             bit_or(set_bit(zeros.z, p.ord, 1)) FILTER (WHERE s.is_excused) AS excused
        FROM ledger_seat p
        JOIN zeros ON zeros.cell_id = p.cell_id
        JOIN ledger_tally t ON t.cell_id = p.cell_id AND t.window_id = ANY (wins)
        LEFT JOIN state s ON s.window_id = t.window_id AND s.enrolment_id = p.enrolment_id AND s.cell_id = p.cell_id AND s.ord = p.ord
       WHERE p.enrolment_id = ANY (enrols)
       GROUP BY 1, 2, 3
    ), mixed AS (
      SELECT m.window_id, m.cell_id, m.z,
             ledger_mixed(t.owed, m.touched, m.owed, m.z) AS owed, ledger_mixed(t.done, m.touched, m.done, m.z) AS done,
             ledger_mixed(t.late, m.touched, m.late, m.z) AS late, ledger_mixed(t.done_late, m.touched, m.done_late, m.z) AS done_late,
             ledger_mixed(t.excused, m.touched, m.excused, m.z) AS excused
        FROM mask m JOIN ledger_tally t ON t.window_id = m.window_id AND t.cell_id = m.cell_id
    )
    UPDATE ledger_tally t SET owed = m.owed, done = m.done, late = ledger_sparse(m.late), done_late = ledger_sparse(m.done_late),
           excused = ledger_sparse(m.excused),
           n_expected = bit_count(m.owed & ~m.excused), n_on_time = bit_count(m.done & ~m.late & ~m.excused),
           n_late = bit_count(m.late & ~m.excused), n_done_late = bit_count(m.done_late & ~m.excused), n_excused = bit_count(m.excused)
      FROM mixed m WHERE t.window_id = m.window_id AND t.cell_id = m.cell_id;
  END IF;

  IF cardinality(duties) > 0 THEN
    PERFORM FROM (SELECT d.id FROM ledger_duty d WHERE d.id = ANY (duties) ORDER BY d.id FOR UPDATE) held;
    UPDATE ledger_duty d SET cell_id = s.cell_id, is_owed = s.cell_id IS NOT NULL, is_done = coalesce(s.is_done, false),
           is_late = coalesce(s.is_late, false), is_done_late = coalesce(s.is_done_late, false), is_excused = coalesce(s.is_excused, false),
           due_now = s.due_now, record_id = s.record_id, received_at = s.received_at, done_at = s.done_at
      FROM unnest(duties) AS wanted (id) LEFT JOIN ledger_states('{}', '{}', duties, 'infinity') s ON s.duty_id = wanted.id
     WHERE d.id = wanted.id;
  END IF;
END $$;

-- What these enrolments owe as long as nothing new is learned, folded into their cells at `now`: see Cell.steady.
CREATE FUNCTION ledger_fold(enrols bigint[], now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ledger_enrolment e SET learned_at = m.learned_at, settles_at = m.settles_at, is_steady = m.settles_at <= now, is_moved = m.seats > 1, ends = m.ends
    FROM (
      SELECT e.id, count(*) AS seats, greatest(e.known_at, max(s.known_at), x.known_at) AS learned_at,
             greatest(e.known_at, e.starts, max(s.known_at), max(s.at), x.known_at, x.at + interval '1 microsecond') AS settles_at, x.ends
        FROM ledger_enrolment e JOIN ledger_seat s ON s.enrolment_id = e.id
        LEFT JOIN LATERAL (
          SELECT max(x.known_at) AS known_at, max(x.at) AS at, (array_agg(x.at ORDER BY x.known_at DESC, x.at DESC, x.uuid DESC))[1] AS ends
            FROM ledger_ending x WHERE x.enrolment_id = e.id
        ) x ON true
       WHERE e.id = ANY (enrols) GROUP BY e.id, x.known_at, x.at, x.ends
    ) m WHERE e.id = m.id;

  PERFORM FROM (
    SELECT c.id FROM ledger_cell c WHERE c.id IN (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = ANY (enrols))
     ORDER BY c.id FOR UPDATE
  ) held;
  WITH seated AS MATERIALIZED (
    SELECT s.cell_id, s.ord, e.settles_at, e.is_steady,
           e.is_steady AND e.ends IS NULL AND s.id = first_value(s.id) OVER (PARTITION BY s.enrolment_id ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC) AS is_live
      FROM ledger_seat s JOIN ledger_enrolment e ON e.id = s.enrolment_id WHERE s.enrolment_id = ANY (enrols)
  ), zeros AS MATERIALIZED (
    SELECT c.id AS cell_id, repeat('0', c.next_ord)::bit varying AS z FROM ledger_cell c WHERE c.id IN (SELECT cell_id FROM seated)
  ), mask AS (
    SELECT s.cell_id, z.z, bit_or(set_bit(z.z, s.ord, 1)) AS touched, bit_or(set_bit(z.z, s.ord, 1)) FILTER (WHERE s.is_live) AS live,
           max(s.settles_at) FILTER (WHERE s.is_steady) AS settled_at
      FROM seated s JOIN zeros z ON z.cell_id = s.cell_id GROUP BY 1, 2
  )
  UPDATE ledger_cell c SET steady = ledger_mixed(c.steady, m.touched, m.live, m.z), settled_at = greatest(c.settled_at, m.settled_at)
    FROM mask m WHERE c.id = m.cell_id;
END $$;

-- The cell of a regime, place and unit, made if there is none.
CREATE FUNCTION ledger_cells(regime bigint, places bigint[], units bigint[]) RETURNS TABLE (place_id bigint, unit_id bigint, cell_id bigint)
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_cell (regime_id, place_id, unit_id, next_ord, steady, settled_at)
  SELECT DISTINCT regime, u.p, u.u, 0, ''::bit varying, timestamptz '1900-01-01 00:00+00' FROM unnest(places, units) AS u (p, u)
  ON CONFLICT DO NOTHING;
  RETURN QUERY SELECT c.place_id, c.unit_id, c.id FROM ledger_cell c
   WHERE c.regime_id = regime AND EXISTS (SELECT FROM unnest(places, units) AS u (p, u) WHERE u.p = c.place_id AND u.u IS NOT DISTINCT FROM c.unit_id);
END $$;

-- Seats for enrolments (one each in a call): the next ordinals of their cells.
CREATE FUNCTION ledger_sit(regime bigint, uuids uuid[], enrols bigint[], places bigint[], units bigint[], answerables text[],
  at timestamptz[], known timestamptz, actor bigint, actor_name text, reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM ledger_cells(regime, places, units);
  PERFORM FROM (
    SELECT c.id FROM ledger_cell c WHERE c.regime_id = regime
       AND EXISTS (SELECT FROM unnest(places, units) AS u (p, u) WHERE u.p = c.place_id AND u.u IS NOT DISTINCT FROM c.unit_id)
     ORDER BY c.id FOR UPDATE
  ) held;
  WITH wanted AS (
    SELECT w.uuid, w.enrolment_id, c.id AS cell_id, w.answerables, w.at,
           c.next_ord + row_number() OVER (PARTITION BY c.id ORDER BY w.enrolment_id) - 1 AS ord
      FROM unnest(uuids, enrols, places, units, answerables, at) AS w (uuid, enrolment_id, p, u, answerables, at)
      JOIN ledger_cell c ON c.regime_id = regime AND c.place_id = w.p AND c.unit_id IS NOT DISTINCT FROM w.u
  ), seated AS (
    INSERT INTO ledger_seat (uuid, enrolment_id, cell_id, ord, at, known_at, answerables, actor_id, actor_name, reason)
    SELECT w.uuid, w.enrolment_id, w.cell_id, w.ord, w.at, known, w.answerables::bigint[], actor, actor_name, reason FROM wanted w
    RETURNING cell_id
  )
  UPDATE ledger_cell c SET next_ord = c.next_ord + n.n, steady = c.steady || repeat('0', n.n::int)::bit varying
    FROM (SELECT cell_id, count(*) AS n FROM seated GROUP BY 1) n WHERE c.id = n.cell_id;
END $$;

-- Opens a window: its tallies, from what the cells say of themselves; whatever they cannot know goes through ledger_settle.
CREATE FUNCTION ledger_open(win bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE w ledger_window; odd bigint[];
BEGIN
  SELECT * INTO w FROM ledger_window WHERE id = win;
  IF w.every = 1 THEN
    INSERT INTO ledger_tally (window_id, cell_id, owed, done, n_expected, n_on_time, n_late, n_done_late, n_excused)
    SELECT win, c.id, c.steady, repeat('0', length(c.steady))::bit varying, bit_count(c.steady), 0, 0, 0, 0
      FROM ledger_cell c WHERE c.regime_id = w.regime_id AND c.settled_at <= w.opens AND bit_count(c.steady) > 0
    ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO ledger_tally (window_id, cell_id, owed, done, n_expected, n_on_time, n_late, n_done_late, n_excused)
    SELECT win, m.cell_id, m.owed, m.z, bit_count(m.owed), 0, 0, 0, 0
      FROM (
        SELECT c.id AS cell_id, z.z, bit_or(set_bit(z.z, s.ord, 1)) AS owed
          FROM ledger_cell c
          CROSS JOIN LATERAL (SELECT repeat('0', c.next_ord)::bit varying AS z OFFSET 0) z
          JOIN ledger_seat s ON s.cell_id = c.id AND get_bit(c.steady, s.ord) = 1
          JOIN ledger_enrolment e ON e.id = s.enrolment_id
          JOIN ledger_regime g ON g.id = c.regime_id
         WHERE c.regime_id = w.regime_id AND c.settled_at <= w.opens AND ledger_first_day(e.starts, w.wall, g.zone) % w.every = w.phase
         GROUP BY c.id, z.z
      ) m
    ON CONFLICT DO NOTHING;
  END IF;
  SELECT array_agg(DISTINCT o.id) INTO odd FROM (
    SELECT s.enrolment_id AS id FROM ledger_cell c JOIN ledger_seat s ON s.cell_id = c.id
     WHERE c.regime_id = w.regime_id AND c.settled_at > w.opens
    UNION ALL
    SELECT e.id FROM ledger_enrolment e WHERE e.regime_id = w.regime_id AND NOT e.is_steady
    UNION ALL
    SELECT e.id FROM ledger_excuse q JOIN ledger_enrolment e ON e.id = q.enrolment_id
     WHERE e.regime_id = w.regime_id AND q.since <= w.due AND q.until > w.due
    UNION ALL
    SELECT e.id FROM ledger_record r JOIN ledger_enrolment e ON e.subject_kind = r.subject_kind AND e.subject_id = r.subject_id
     WHERE r.done_at >= w.opens AND r.done_at < w.closes AND e.regime_id = w.regime_id
  ) o;
  PERFORM ledger_settle(ARRAY[win], coalesce(odd, '{}'), '{}');
  RETURN coalesce(cardinality(odd), 0);
END $$;
