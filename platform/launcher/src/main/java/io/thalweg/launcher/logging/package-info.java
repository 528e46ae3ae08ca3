/**
 * Where events go: standard error, one line for each, as text or JSON.
 *
 * <h2>Place</h2>
 * Below {@code node}; the only package that knows Logback.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link LogOutput#apply} is called once at start, before other threads log.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One event is one line, except for stack traces in text form. Standard output stays free for data.
 *
 * <h2>Failure</h2>
 * None: a user's own {@code -Dlogback.configurationFile} wins over all of this.
 */
@NullMarked
package io.thalweg.launcher.logging;

import org.jspecify.annotations.NullMarked;
