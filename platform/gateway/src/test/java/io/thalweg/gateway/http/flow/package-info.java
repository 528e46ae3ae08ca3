/** Tests of the graph of what flows where. */
@NullMarked
package io.thalweg.gateway.http.flow;

import org.jspecify.annotations.NullMarked;
