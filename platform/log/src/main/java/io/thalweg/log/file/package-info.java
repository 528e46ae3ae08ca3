/**
 * Open files, few of many, and small files that are replaced as a whole.
 *
 * <h2>Place</h2>
 * Above {@code environment}; below everything in {@code log} that has files.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link OpenFiles} and {@link PooledFile} may be used from any thread; opening and closing block.</li>
 *   <li>{@link WholeFile} and {@link DiskFull} hold no state.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A handle that is leased is open. No more than {@code openFilesMax} handles are open beyond those leased.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException} goes to the caller; {@link DiskFull#is} tells a full disk from a broken one.
 */
@NullMarked
package io.thalweg.log.file;

import org.jspecify.annotations.NullMarked;
