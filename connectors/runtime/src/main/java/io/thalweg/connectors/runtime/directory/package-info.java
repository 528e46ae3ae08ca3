/**
 * Connectors as files: what lies in a directory is applied at start and when it changes.
 *
 * <h2>Place</h2>
 * Above the herder.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Files are looked at on a worker, one look at a time; the rest is confined to the context that started it.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A file is applied once it stood still between two looks. Only connectors that came from a file are ever removed, and only by
 * a look at a directory that is there.
 *
 * <h2>Failure</h2>
 * A file that cannot be read or is wrong is reported, and changes nothing. One that could not be stored is tried again.
 */
@NullMarked
package io.thalweg.connectors.runtime.directory;

import org.jspecify.annotations.NullMarked;
