/**
 * The web console: static pages over the public HTTP API, served from the class path.
 *
 * <h2>Place</h2>
 * Stands on Vert.x alone and knows nothing of the broker: what the pages show, they fetch from {@code /v1} and
 * {@code /connect} like any other client. {@link io.thalweg.console.Console} is what the launcher mounts on the HTTP
 * door.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.console.Console} may be mounted on any number of event loops; what they share is immutable once
 *       it is loaded, which a worker does.
 *   <li>Everything else is immutable or stateless.
 * </ol>
 *
 * <h2>Invariants</h2>
 * Only what the pages refer to is served: the tree of modules is walked from {@code index.html} when it is loaded, and no
 * request reaches the class path. An asset's address contains a digest over all assets, so an address never changes its
 * content. No page carries inline script or style, so the content security policy allows neither.
 *
 * <h2>Failure</h2>
 * A module that is missing is a defect of the build: every page is then answered with 500.
 */
@NullMarked
package io.thalweg.console;

import org.jspecify.annotations.NullMarked;
