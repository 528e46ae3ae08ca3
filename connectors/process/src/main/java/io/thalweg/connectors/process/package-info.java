/**
 * Connectors in any language: a source and a sink that run a child process and speak JSON lines with it.
 *
 * <h2>Place</h2>
 * A connector: {@code connectors.api} and Vert.x core. {@link io.thalweg.connectors.process.child} runs the process,
 * {@link io.thalweg.connectors.process.message} is the language; the protocol for authors is docs/PROCESS-CONNECTORS.md.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A task is confined to its context, as the API says. Whatever blocks is on the child's own threads.
 *   <li>{@link io.thalweg.connectors.process.SourceBuffer} is where they meet: the reading thread waits in it while the
 *       task's credit is used up, and so the child waits in its write to the pipe.
 * </ol>
 *
 * <h2>Invariants</h2>
 * A source's position never runs ahead of the records that the runtime was handed. An acknowledgement names a position that
 * is stored; acknowledgements of a task are in the order of its positions, each at most once.
 *
 * <h2>Failure</h2>
 * A child that ends is a {@link io.thalweg.connectors.api.RetriableException}: the next poll or put starts another one where
 * the last one stood. What no new child would mend (not JSON, no common version, settings that the child refuses) fails the task.
 */
@NullMarked
package io.thalweg.connectors.process;

import org.jspecify.annotations.NullMarked;
