/**
 * The verticles of users: deployed from the settings, watched, listed, restarted; docs/VERTICLES.md is for their authors.
 *
 * <h2>Place</h2>
 * Beside {@code node}, which deploys them when its doors are open and stops them first. Knows Vert.x, the doors' mounts, the
 * environment's clock and timers, and no other part.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.launcher.verticle.UserVerticles} and {@link io.thalweg.launcher.verticle.UserVerticle} may be used
 *       from any thread.
 *   <li>A verticle's own code, its constructor and static initialisers too, runs on worker threads of its own pool, or on
 *       virtual threads; on the platform's event loops only where its settings say so.
 * </ol>
 *
 * <h2>Invariants</h2>
 * Each run has a class loader of its own, so that nothing static is shared and a changed jar is taken. A verticle has one run
 * at a time: the next begins when nothing of the last is left. Nothing that a verticle does keeps the node from starting or
 * stopping: each start and stop has a limit in time.
 *
 * <h2>Failure</h2>
 * A verticle that cannot be deployed, throws or blocks shows it in its state and in the node's log; it is not restarted by
 * itself.
 */
@NullMarked
package io.thalweg.launcher.verticle;

import org.jspecify.annotations.NullMarked;
