/**
 * The state of tasks, in memory: key-value, window and session stores.
 *
 * <h2>Place</h2>
 * Below {@code processor}; knows bytes alone, and of {@code topology} what a store is called and how long it keeps things.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A store is confined to the thread of its task.</li>
 *   <li>{@link io.thalweg.streams.store.StateBudget} and {@link io.thalweg.streams.store.GlobalStore} are safe for any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What was handed in is kept, not copied, and never changed. Readers never see a row that is expired, whether or not its memory
 * was given back already. A store restored from all of its changelog shows the same live rows.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.streams.store.StateBudgetException} when the node's budget is used up: the task fails, and nothing else.
 */
@NullMarked
package io.thalweg.streams.store;

import org.jspecify.annotations.NullMarked;
