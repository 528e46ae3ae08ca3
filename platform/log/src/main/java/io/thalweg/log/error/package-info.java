/**
 * What can go wrong, in Kafka's words.
 *
 * <h2>Place</h2>
 * Used by every module above; uses nothing.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is immutable.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Each door maps every {@link ErrorCode} into its own form; a test fails on an unmapped one.
 *
 * <h2>Failure</h2>
 * None.
 */
@NullMarked
package io.thalweg.log.error;

import org.jspecify.annotations.NullMarked;
