/**
 * Records as requests: which go together, in which order, and what an answer means.
 *
 * <h2>Place</h2>
 * {@link io.thalweg.connectors.http.send.HttpSinkTask} is the outside. It divides what is put into {@link Lane}s; a lane has
 * one request under way, made by {@link RequestWriter} and sent, again and again if need be, by {@link Delivery}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is confined to the task's context, an event loop. Nothing blocks.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A lane's records are sent in order, the next when the last one was taken or refused. A put completes when all of its
 * records were; one that failed and is put again sends only what is left.
 *
 * <h2>Failure</h2>
 * A status that is neither success nor to be retried refuses the record; of a batch, each record is sent alone then. 401,
 * 403, 407 and an address that is not allowed fail the task: they are not about one record.
 */
@NullMarked
package io.thalweg.connectors.http.send;

import org.jspecify.annotations.NullMarked;
