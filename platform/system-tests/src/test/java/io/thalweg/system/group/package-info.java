/**
 * Consumer groups of real kafka-clients consumers against the real jar, under bounces and kills.
 *
 * <h2>Place</h2>
 * Tests only, over {@code system.node}. What is promised: scenarios 30 and 31 of the reliability plan.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Each {@link GroupMember} is a thread with a consumer of its own; all report to one {@link Ownership}.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * In one generation a partition has one owner. What was committed and acknowledged never goes back. Every record is
 * processed at least once.
 *
 * <h2>Failure</h2>
 * {@link Ownership} collects what it saw broken; the test fails with it at the end.
 */
@NullMarked
package io.thalweg.system.group;

import org.jspecify.annotations.NullMarked;
