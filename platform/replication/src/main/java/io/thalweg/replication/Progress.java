package io.thalweg.replication;

/**
 * How far another replica is, as proved by its fetches in this epoch.
 *
 * @param incarnation of the process that proved it
 * @param end its log equals the leader's below
 * @param durableEnd flushed below; never goes back within an epoch and an incarnation
 * @param counts false while it may have lost records
 */
public record Progress(int incarnation, long end, long durableEnd, boolean counts) {}
