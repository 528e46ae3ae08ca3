/**
 * Which connections a door keeps when there are more than it may have.
 *
 * <h2>Place</h2>
 * Below the three doors, beside {@code json}. Knows no protocol: a door says when a connection came, when it first sent a
 * whole request, and when it went.
 *
 * <h2>Threading</h2>
 * {@link io.thalweg.gateway.admission.ConnectionAdmission} is shared by a door's event loops and may be used from any thread;
 * it never blocks on anything but its own short sections.
 *
 * <h2>Invariants</h2>
 * Never more seats taken than the bounds, in all and for each address; a connection that has sent a request is never made to
 * give way.
 *
 * <h2>Failure</h2>
 * None: a connection is admitted or it is not.
 */
@NullMarked
package io.thalweg.gateway.admission;

import org.jspecify.annotations.NullMarked;
