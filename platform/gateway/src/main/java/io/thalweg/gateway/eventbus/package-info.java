/**
 * The event-bus door: the Vert.x TCP bridge's wire format on a socket, SockJS under {@code /eventbus}, and the same
 * addresses on the Vert.x event bus itself.
 *
 * <h2>Place</h2>
 * Above {@code broker.api} and {@code client}; shares positions, reads and administration with {@code gateway.http} and
 * the look of a record with {@code gateway.json}. The wire is Vert.x', the server is not: the stock bridge caps no frame,
 * holds nobody back and answers a denial without saying what was denied.
 *
 * <table>
 *   <caption>Addresses; bodies and answers are JSON objects, {@code failureCode} is Kafka's</caption>
 *   <tr><td>{@code produce.<topic>}</td><td>a record, or {@code {"records": [...]}}</td></tr>
 *   <tr><td>{@code fetch.<topic>}</td><td>{@code partition, from, limit, wait, maxBytes}; answers {@code records, next}</td></tr>
 *   <tr><td>{@code subscribe.<topic>}</td><td>{@code from, group, partition, credits}; answers {@code id, address}</td></tr>
 *   <tr><td>{@code sub.<id>}</td><td>where the records arrive, one for each credit</td></tr>
 *   <tr><td>{@code credit.<id>}</td><td>{@code {"credits": n}} or the number; answers the credits there are now</td></tr>
 *   <tr><td>{@code commit.<id>}</td><td>nothing: what was sent; or {@code {"offsets": [{"partition", "offset"}]}}</td></tr>
 *   <tr><td>{@code unsubscribe.<id>}</td><td>nothing; leaves the group at once</td></tr>
 *   <tr><td>{@code admin.topics.list|create|describe|alter|delete}</td><td>as HTTP; the path's name is {@code topic}</td></tr>
 *   <tr><td>{@code admin.groups.list|describe|delete|reset}</td><td>as HTTP; the path's name is {@code group}</td></tr>
 * </table>
 * Verticles find {@code produce}, {@code fetch} and {@code subscribe} with a header {@code topic} besides, for topics
 * that do not exist yet: see {@link io.thalweg.gateway.eventbus.ClusterAddresses}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.gateway.eventbus.EventBusGateway} and its metrics may be used from any thread.</li>
 *   <li>A connection and all of its subscriptions are confined to the connection's context.</li>
 *   <li>{@link io.thalweg.gateway.eventbus.Addresses} and the producer behind it are one for each event loop.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Only the addresses above are reachable, and those of a subscription only for whoever began it. What is held for a
 * client is bounded: one frame and one read of the socket coming in; requests and bytes in flight; one megabyte read
 * ahead for each subscription; the outbound queue and one message going out.
 *
 * <h2>Failure</h2>
 * A request that fails is answered with type {@code err} at its reply address, or at its own address if it gave none. What
 * is not a frame, or not an object with a type, is told so and the connection is closed; so is a client that stays silent,
 * does not finish a frame or does not read. One log line in ten seconds tells of all of them.
 */
@NullMarked
package io.thalweg.gateway.eventbus;

import org.jspecify.annotations.NullMarked;
