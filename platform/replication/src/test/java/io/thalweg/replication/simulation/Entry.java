package io.thalweg.replication.simulation;

import io.thalweg.replication.Voters;
import org.jspecify.annotations.Nullable;

/**
 * A record of a simulated log.
 *
 * @param value unique among all records ever appended, so that equal entries are the same one
 * @param voters of a voter record, else null
 */
record Entry(int epoch, long value, @Nullable Voters voters) {}
