-- Figures along a tree, as it stood when each window fell due (or stands, while it has not): every node's own and its total, in one answer.
-- In PL/pgSQL, so that a session plans them once: planning took ten times as long as counting.

CREATE OR REPLACE FUNCTION ledger_counted(wins bigint[], regimes bigint[], duties_from timestamptz, duties_to timestamptz, at timestamptz, past boolean)
RETURNS TABLE (
  place_id bigint, unit_id bigint, due timestamptz, n_expected integer, n_on_time integer, n_late integer, n_done_late integer, n_excused integer,
  n_waiting integer, n_not_due integer
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  IF past THEN
    RETURN QUERY SELECT c.place_id, c.unit_id, w.due, k.n_expected::int, k.n_on_time::int, k.n_late::int, k.n_done_late::int, k.n_excused::int, k.n_waiting::int, k.n_not_due::int
    FROM ledger_window w CROSS JOIN LATERAL ledger_counts_at(w.id, at) k JOIN ledger_cell c ON c.id = k.cell_id WHERE w.id = ANY (wins);
  ELSE
    RETURN QUERY SELECT c.place_id, c.unit_id, k.due, k.n_expected::int, k.n_on_time::int, k.n_late::int, k.n_done_late::int, k.n_excused::int, k.n_waiting::int, k.n_not_due::int
    FROM ledger_counts_now(wins, at) k JOIN ledger_cell c ON c.id = k.cell_id;
  END IF;
  IF duties_from < duties_to AND past THEN
    RETURN QUERY SELECT c.place_id, c.unit_id, d.due, (NOT d.is_excused)::int, (NOT d.is_excused AND d.is_done AND NOT d.is_late)::int,
         (NOT d.is_excused AND d.is_late)::int, (NOT d.is_excused AND d.is_done_late)::int, d.is_excused::int,
         (NOT d.is_excused AND NOT d.is_done AND d.due_now > d.due AND d.due_now >= at)::int, (NOT d.is_excused AND d.due_now > d.due AND d.due_now >= at)::int
    FROM ledger_states('{}', '{}', ARRAY(
           SELECT d.id FROM ledger_duty d JOIN ledger_enrolment e ON e.id = d.enrolment_id AND e.regime_id = ANY (regimes)
            WHERE d.opens >= duties_from AND d.opens < duties_to AND d.opens <= at), at) d
    JOIN ledger_cell c ON c.id = d.cell_id;
  ELSIF duties_from < duties_to THEN
    RETURN QUERY SELECT c.place_id, c.unit_id, d.due, (NOT d.is_excused)::int, (NOT d.is_excused AND d.is_done AND NOT d.is_late)::int,
         (NOT d.is_excused AND d.is_late)::int, (NOT d.is_excused AND d.is_done_late)::int, d.is_excused::int,
         (NOT d.is_excused AND NOT d.is_done AND d.due_now > d.due AND d.due_now >= at)::int, (NOT d.is_excused AND d.due_now > d.due AND d.due_now >= at)::int
    FROM ledger_duty d JOIN ledger_cell c ON c.id = d.cell_id AND c.regime_id = ANY (regimes)
   WHERE d.is_owed AND d.opens >= duties_from AND d.opens < duties_to AND d.opens <= at;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger_tree(
  by_unit boolean, wins bigint[], regimes bigint[], duties_from timestamptz, duties_to timestamptz, at timestamptz, past boolean,
  root bigint, unlimited boolean, places bigint[], units bigint[]
) RETURNS TABLE (
  node bigint, parent bigint, is_own boolean,
  on_time bigint, late bigint, missing bigint, pending bigint, excused bigint, done_late bigint, due_so_far bigint
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
WITH seen AS (
  SELECT CASE WHEN by_unit THEN coalesce(u.lineage, ARRAY[NULL]::bigint[]) ELSE p.lineage END AS lineage,
         CASE WHEN unlimited THEN CASE WHEN by_unit THEN 1 ELSE coalesce(array_position(p.lineage, root), 1) END
              ELSE (
                SELECT min(coalesce(CASE WHEN by_unit THEN array_position(u.lineage, k.unit) ELSE array_position(p.lineage, k.place) END, 1))
                  FROM unnest(places, units) AS k (place, unit)
                 WHERE (k.place IS NULL OR k.place = ANY (p.lineage)) AND (k.unit IS NULL OR k.unit = ANY (u.lineage))
              ) END AS top,
         x.n_expected, x.n_on_time, x.n_late, x.n_done_late, x.n_excused,
         CASE WHEN at <= x.due THEN x.n_expected - x.n_on_time - x.n_late ELSE x.n_waiting END AS n_pending,
         CASE WHEN at <= x.due THEN 0 ELSE x.n_expected - x.n_not_due END AS n_due
    FROM ledger_counted(wins, regimes, duties_from, duties_to, at, past) x
    JOIN ledger_path p ON p.kind = 'place' AND p.node_id = x.place_id AND p.since <= least(at, x.due) AND p.until > least(at, x.due)
    LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = x.unit_id AND u.since <= least(at, x.due) AND u.until > least(at, x.due)
), leaves AS (
  SELECT lineage, top, sum(n_expected)::int AS expected, sum(n_on_time)::int AS on_time, sum(n_late)::int AS late, sum(n_done_late)::int AS done_late,
         sum(n_excused)::int AS excused, sum(n_pending)::int AS pending, sum(n_due)::int AS due
    FROM seen WHERE top IS NOT NULL GROUP BY 1, 2
), branches AS (
  SELECT lineage[:cardinality(lineage) - 1] AS above, top, sum(on_time)::int AS on_time, sum(late)::int AS late,
         sum(expected - on_time - late - pending)::int AS missing, sum(pending)::int AS pending, sum(excused)::int AS excused,
         sum(done_late)::int AS done_late, sum(due)::int AS due
    FROM leaves WHERE cardinality(lineage) > top AND expected + excused > 0 GROUP BY 1, 2
)
SELECT l.lineage[cardinality(l.lineage)], CASE WHEN cardinality(l.lineage) > l.top THEN l.lineage[cardinality(l.lineage) - 1] END, true,
       l.on_time::bigint, l.late::bigint, (l.expected - l.on_time - l.late - l.pending)::bigint, l.pending::bigint,
       l.excused::bigint, l.done_late::bigint, l.due::bigint
  FROM leaves l WHERE l.expected + l.excused > 0
UNION ALL
SELECT n.node, CASE WHEN n.depth > b.top THEN b.above[n.depth - 1] END, false,
       sum(b.on_time), sum(b.late), sum(b.missing), sum(b.pending), sum(b.excused), sum(b.done_late), sum(b.due)
  FROM branches b CROSS JOIN LATERAL unnest(b.above) WITH ORDINALITY AS n (node, depth)
 WHERE n.depth >= b.top
 GROUP BY 1, 2;
END $$;

-- The cells of a window with something open, in the order of the place tree, and which of their ordinals are.
CREATE OR REPLACE FUNCTION ledger_gap_cells(
  win bigint, at timestamptz, node bigint, by_unit boolean, unlimited boolean, places bigint[], units bigint[],
  after_lineage bigint[], after_cell bigint, most integer
) RETURNS TABLE (cell_id bigint, lineage bigint[], open_bits text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT k.id, k.lineage, (k.owed & ~(k.done | coalesce(k.excused, k.done)))::text FROM (
    SELECT c.id, p.lineage, t.owed, t.done, t.excused
      FROM ledger_tally t JOIN ledger_cell c ON c.id = t.cell_id
      JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= at AND p.until > at
      LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= at AND u.until > at
     WHERE t.window_id = win AND t.n_expected > t.n_on_time + t.n_late
       AND (node IS NULL OR node = ANY (CASE WHEN by_unit THEN u.lineage ELSE p.lineage END))
       AND (unlimited OR EXISTS (SELECT FROM unnest(places, units) AS g (place, unit)
             WHERE (g.place IS NULL OR g.place = ANY (p.lineage)) AND (g.unit IS NULL OR g.unit = ANY (u.lineage))))
       AND (after_cell IS NULL OR (p.lineage, c.id) >= (after_lineage, after_cell))
     ORDER BY p.lineage, c.id LIMIT most
  ) k ORDER BY k.lineage, k.id;
END $$;

-- Who sits on these ordinals, who may answer as of the due time, and when they were last heard of.
CREATE OR REPLACE FUNCTION ledger_gap_rows(cells bigint[], ords integer[], due timestamptz)
RETURNS TABLE (enrolment_id bigint, subject_kind varchar, subject_id bigint, owed_kind varchar, owed_id bigint, place_id bigint, unit_id bigint,
  answerables bigint[], last_report timestamptz) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT e.id, e.subject_kind, e.subject_id, e.owed_kind, e.owed_id, c.place_id, c.unit_id, a.answerables, r.done_at
    FROM unnest(cells, ords) WITH ORDINALITY AS k (cell, ord, place)
    JOIN ledger_seat s ON s.cell_id = k.cell AND s.ord = k.ord
    JOIN ledger_enrolment e ON e.id = s.enrolment_id JOIN ledger_cell c ON c.id = s.cell_id
    CROSS JOIN LATERAL (SELECT x.answerables FROM ledger_seat x WHERE x.enrolment_id = e.id AND x.answerables IS NOT NULL
      AND x.at <= due AND x.known_at <= due ORDER BY x.at DESC, x.known_at DESC, x.uuid DESC LIMIT 1) a
    LEFT JOIN LATERAL (SELECT r.done_at FROM ledger_record r WHERE r.subject_kind = e.subject_kind AND r.subject_id = e.subject_id
      ORDER BY r.done_at DESC LIMIT 1) r ON true
   ORDER BY k.place;
END $$;
