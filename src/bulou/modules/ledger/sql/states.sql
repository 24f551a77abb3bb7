-- How obligations stand, from base rows alone: bulou.core in SQL. Everything derived comes from here; docs/ledger-storage.md.

-- Whether a version of a record carries what is asked. lines_stated {*} = a list without lines, NULL = no list.
CREATE FUNCTION ledger_answers(asks text[], is_list boolean, stated text[], lines_stated text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN is_list THEN coalesce(lines_stated = '{*}' OR asks <@ lines_stated, false) ELSE asks <@ stated END
$$;

-- The number (day 1 = 1 January of year 1) of the first local day whose opening, at the wall time, an enrolment from `starts` on sees.
CREATE FUNCTION ledger_first_day(starts timestamptz, wall text, zone text) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (starts AT TIME ZONE zone)::date - date '0001-01-01' + 1
    + CASE WHEN ((starts AT TIME ZONE zone)::date + wall::time) AT TIME ZONE zone < starts THEN 1 ELSE 0 END
$$;

-- The version a window opening at `at` keeps: the newest begun by then, else the first.
CREATE FUNCTION ledger_version_at(regime bigint, at timestamptz) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT v.id FROM ledger_regimeversion v WHERE v.regime_id = regime
  ORDER BY v.since <= at DESC, CASE WHEN v.since <= at THEN -v.number ELSE v.number END LIMIT 1
$$;

-- Every owed obligation among these windows × enrolments, and these duties, judged from what was known at `as_of`, included.
CREATE FUNCTION ledger_states(wins bigint[], enrols bigint[], duties bigint[], as_of timestamptz)
RETURNS TABLE (
  window_id bigint, duty_id bigint, enrolment_id bigint, cell_id bigint, ord integer, opens timestamptz, due timestamptz,
  is_done boolean, is_late boolean, is_done_late boolean, is_excused boolean, due_now timestamptz,
  record_id bigint, received_at timestamptz, done_at timestamptz, facts_from bigint, struck_record bigint
) LANGUAGE sql STABLE AS $$
WITH asked AS (
  SELECT w.id AS window_id, NULL::bigint AS duty_id, e.id AS enrolment_id, e.subject_kind, e.subject_id,
         w.opens, w.due, w.closes, w.asks::text[] AS asks, w.is_list, least(as_of, w.due) AS settled
    FROM ledger_window w
    JOIN ledger_enrolment e ON e.regime_id = w.regime_id
    JOIN ledger_regime g ON g.id = w.regime_id
   WHERE w.id = ANY (wins) AND e.id = ANY (enrols) AND w.known_at <= as_of AND w.opens <= as_of
     AND e.starts <= w.opens AND e.known_at <= least(as_of, w.due)
     AND (w.every = 1 OR ledger_first_day(e.starts, w.wall, g.zone) % w.every = w.phase)
  UNION ALL
  SELECT NULL, d.id, e.id, e.subject_kind, e.subject_id, d.opens, d.due, d.closes, v.asks::text[], v.is_list, least(as_of, d.due)
    FROM ledger_duty d
    JOIN ledger_enrolment e ON e.id = d.enrolment_id
    JOIN ledger_regimeversion v ON v.id = ledger_version_at(e.regime_id, d.opens)
   WHERE d.id = ANY (duties) AND d.known_at <= as_of AND (d.withdrawn_at IS NULL OR d.withdrawn_at > least(as_of, d.due))
     AND e.starts <= d.opens AND e.known_at <= least(as_of, d.due)
), owed AS (
  SELECT a.*, seat.cell_id, seat.ord
    FROM asked a
    CROSS JOIN LATERAL (
      SELECT s.cell_id, s.ord FROM ledger_seat s
       WHERE s.enrolment_id = a.enrolment_id AND s.at <= a.due AND s.known_at <= a.settled
       ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1
    ) seat
    LEFT JOIN LATERAL (
      SELECT x.at FROM ledger_ending x
       WHERE x.enrolment_id = a.enrolment_id AND x.known_at <= a.settled
       ORDER BY x.known_at DESC, x.at DESC, x.uuid DESC LIMIT 1
    ) ending ON true
   WHERE ending.at IS NULL OR ending.at >= a.due
), filed AS (
  SELECT o.window_id, o.duty_id, o.enrolment_id, o.due, r.id AS record_id, r.uuid, r.done_at, d.struck_at, d.new_due, x.valid_at, x.struck_first
    FROM owed o
    JOIN ledger_record r ON r.subject_kind = o.subject_kind AND r.subject_id = o.subject_id
     AND r.done_at >= o.opens AND r.done_at < o.closes AND r.received_at <= as_of
    LEFT JOIN LATERAL (
      SELECT CASE WHEN s.step <> 'cleared' THEN s.known_at END AS struck_at, s.new_due FROM ledger_reviewstep s
       WHERE s.record_id = r.id AND s.known_at <= as_of AND s.step IN ('upheld', 'returned', 'cleared')
       ORDER BY s.known_at DESC, s.uuid DESC LIMIT 1
    ) d ON true
    CROSS JOIN LATERAL (
      SELECT min(v.received) FILTER (WHERE d.struck_at IS NULL OR v.received > d.struck_at) AS valid_at,
             min(v.received) FILTER (WHERE v.received <= d.struck_at) AS struck_first
        FROM (
          SELECT r.received_at AS received, r.stated, r.lines_stated
          UNION ALL
          SELECT greatest(c.received_at, r.received_at), c.stated, c.lines_stated FROM ledger_recordversion c
           WHERE c.record_id = r.id AND c.received_at <= as_of
        ) v
       WHERE ledger_answers(o.asks, o.is_list, v.stated::text[], v.lines_stated::text[])
    ) x
), answered AS (
  SELECT f.window_id, f.duty_id, f.enrolment_id,
         (array_agg(f.record_id ORDER BY f.valid_at, f.uuid) FILTER (WHERE f.valid_at IS NOT NULL))[1] AS record_id,
         (array_agg(f.done_at ORDER BY f.valid_at, f.uuid) FILTER (WHERE f.valid_at IS NOT NULL))[1] AS done_at,
         (array_agg(f.record_id ORDER BY f.done_at DESC, f.uuid DESC) FILTER (WHERE f.valid_at IS NOT NULL))[1] AS facts_from,
         (array_agg(f.record_id ORDER BY f.struck_at DESC, f.uuid DESC) FILTER (WHERE f.struck_first IS NOT NULL))[1] AS struck_record,
         min(f.valid_at) AS received_at,
         max(f.new_due) FILTER (WHERE f.struck_first IS NOT NULL) AS new_due,
         bool_or(coalesce(f.struck_first <= f.due, false)) AS came_in_time
    FROM filed f GROUP BY 1, 2, 3
)
SELECT o.window_id, o.duty_id, o.enrolment_id, o.cell_id, o.ord, o.opens, o.due,
       a.received_at IS NOT NULL,
       late.is_late,
       late.is_late AND a.done_at > o.due,
       EXISTS (
         SELECT FROM ledger_excuse q WHERE q.enrolment_id = o.enrolment_id AND q.since <= o.due AND q.until > o.due
            AND q.known_at <= as_of AND (q.removed_at IS NULL OR q.removed_at > as_of)
       ),
       greatest(o.due, a.new_due), a.record_id, a.received_at, a.done_at, a.facts_from, a.struck_record
  FROM owed o
  LEFT JOIN answered a ON a.enrolment_id = o.enrolment_id
   AND a.window_id IS NOT DISTINCT FROM o.window_id AND a.duty_id IS NOT DISTINCT FROM o.duty_id
  CROSS JOIN LATERAL (
    SELECT coalesce(NOT (a.received_at <= o.due OR (a.came_in_time AND a.received_at <= greatest(o.due, a.new_due))), false) AS is_late
  ) late
$$;
