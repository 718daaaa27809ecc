using System.ComponentModel.DataAnnotations;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>The dashboard of Orleans: silos, grains and calls, for operators to look at. It shows no grain's state and changes nothing.</summary>
/// <remarks>
/// It is there where operators have keys (<c>Operators</c>), and asks for one. Without keys it is there in a process that is alone and listens on loopback
/// only, and nowhere else. The local runtime has none.
/// </remarks>
public sealed class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>Whether there is one at all. It costs a little on every call of a grain.</summary>
    /// <value>The default is true.</value>
    public bool On { get; set; } = true;

    /// <summary>Where it is, on every silo and in a process that is alone. Never at the root.</summary>
    /// <value>One or more names of small letters, digits and '-', each after a '/'. The default is <c>/dashboard</c>.</value>
    [Required, RegularExpression("^(/[a-z0-9-]{1,50}){1,4}$", ErrorMessage = "A path below the root is names of small letters, digits and '-', each after a '/'.")]
    public string Path { get; set; } = "/dashboard";
}
