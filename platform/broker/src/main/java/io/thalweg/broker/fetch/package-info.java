/**
 * Reads over many partitions, and waiting for more.
 *
 * <h2>Place</h2>
 * Above {@code partition} and {@code storage}; the broker's fetch.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A fetch is confined to its caller's context, but for {@link io.thalweg.broker.partition.Waiter}'s two questions,
 *       which the thread asks that changed a partition.</li>
 *   <li>What is in memory is read on the caller's thread; what is not, and what must be looked up on disk, on the storage
 *       pool.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Nothing at or beyond the high watermark (READ_COMMITTED: the last stable offset) is returned. Every LogRead that was
 * opened is in the answer or closed. A fetch answers once, at the latest after its wait.
 *
 * <h2>Failure</h2>
 * Each partition carries its own error; the future does not fail.
 */
@NullMarked
package io.thalweg.broker.fetch;

import org.jspecify.annotations.NullMarked;
