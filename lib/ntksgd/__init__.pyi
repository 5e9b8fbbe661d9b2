"""What `ntksgd` offers, for type checkers and editors; a test holds it to `__init__.py`."""

from ntksgd.compare.paths import paths as paths
from ntksgd.kernels.deep import deep_kernel as deep_kernel
from ntksgd.kernels.spectrum import Spectrum as Spectrum
from ntksgd.kernels.spectrum import mercer_spectrum as mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel as tangent_kernel
from ntksgd.models.activations import Activation as Activation
from ntksgd.models.activations import activation as activation
from ntksgd.models.two_layer import initialise as initialise
from ntksgd.problems import schedules as schedules
from ntksgd.problems.problem import Problem as Problem
from ntksgd.problems.problem import source_problem as source_problem
from ntksgd.problems.target import Target as Target
from ntksgd.problems.target import source_target as source_target
from ntksgd.risk.bound import risk_bound as risk_bound
from ntksgd.risk.exact import expected_risk as expected_risk
from ntksgd.risk.finite_width import first_order as first_order
from ntksgd.risk.kernel_risk import kernel_risk as kernel_risk
from ntksgd.sgd.kernel import kernel_sgd as kernel_sgd
from ntksgd.sgd.network import train as train
from ntksgd.sgd.network import train_linearised as train_linearised
from ntksgd.sgd.spectral import spectral_sgd as spectral_sgd
from ntksgd.stats.slopes import curve_slope as curve_slope
from ntksgd.stats.slopes import slope as slope
from ntksgd.width.budget import Plan as Plan
from ntksgd.width.measured import measure as measure
from ntksgd.width.regime import kernel_regime as kernel_regime
from ntksgd.width.requirement import width_law as width_law

__version__: str
__all__: list[str]
